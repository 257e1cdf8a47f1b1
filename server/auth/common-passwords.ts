/**
 * The passwords that are tried first. Only those of eight characters or more are listed, since
 * shorter ones are usually refused for their length, and the well-known shorter ones that a lower
 * PASSWORD_MIN would let in. Collected from the top of published lists of leaked passwords.
 */
const LISTED = `
123456 1234567 123123 123321 654321 111111 000000 666666 888888 abc123 qwerty a123456 123456a 1q2w3e
monkey dragon letmein iloveyou shadow master sunshine superman batman michael football baseball
welcome login admin admin1 princess passw0rd 1qaz2wsx zaq12wsx q1w2e3r4 asdfgh zxcvbn 121212 112233
12345678 123456789 1234567890 12345678910 123456789a a123456789 1234567891 0123456789 987654321
87654321 9876543210 11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 33333333
44444444 55555555 66666666 77777777 88888888 888888888 99999999 999999999 12341234 11112222 11223344
1122334455 12121212 123123123 12312312 123321123 123454321 12344321 13131313 10101010 147258369
147852369 159753456 159357456 741852963 789456123 456789123 14725836 31415926 314159265 20202020
5201314520 52013145 1314520520 1314521521 woaini1314 woaini520 woaini123 woaini521 520520520 aini1314
a12345678 a1234567 aa123456 aa12345678 aaa123456 aaa12345 abc12345 abc123456 abcd1234 abcd12345
abcde12345 abcdef123 abcdefg1 abcdefgh abcdefghi abcdefghij abcabc123 asd123456 asd12345 asdasdasd
asdf1234 asdf123456 asdfasdf asdfghjk asdfghjkl asdfqwer asdqwe123 a1b2c3d4 a1s2d3f4 aaaaaaaa
aaaaaaaaaa qqqqqqqq qq123456 qq123456789 qq1234567 qqww1122 wwwwwwww zzzzzzzz xxxxxxxx
qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuiop qwertyuiop123 qwert123
qwert1234 qwert12345 qwe123456 qwe12345 qwe123qwe qweasdzxc qweasd123 qweqweqwe qwer1234 qwer12345
qwerasdf qwerqwer qazwsxedc qazwsx123 qaz123456 1qazxsw2 1qaz2wsx3edc 1qaz1qaz 2wsx3edc zaqxswcde
zaq1zaq1 zaq12wsx 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1q1q1q1q q1w2e3r4t5 q1q2q3q4 123qwe123 123qweasd
1234qwer 12345qwert 123456qwe 123qwe456 321321321 321654987 zxcvbnm1 zxcvbnm123 zxcvbnm, zxc123456
zxcv1234 zxczxczxc zxcasdqwe ertyuiop poiuytrewq mnbvcxz1 lkjhgfdsa 1a2b3c4d 1234abcd 123456ab
123456abc 12345abc 123abc123 123456aa 1234567a 12345678a 12345678q 123456789q 123456789z 123456qq
password password1 password2 password3 password7 password9 password01 password11 password12
password123 password1234 password12345 password123456 password! password1! password99 passwords
passwort passwort1 p@ssw0rd p@ssword passw0rd1 passw0rd! pa55word pa$$word p@55w0rd password0
mypassword newpassword thepassword yourpassword nopassword testpassword userpassword rootpassword
adminpassword changeme changeme1 changeme123 changeit changethis letmein1 letmein123 letmeinnow
welcome1 welcome12 welcome123 welcome2 welcome! whatever whatever1 nothing1 something computer
computer1 internet internet1 default1 samsung1 samsung123 microsoft google123 facebook facebook1
linkedin linkedin1 myspace1 youtube1 snapchat instagram whatsapp telegram qwerty2020 pokemon1
pokemon123 minecraft minecraft1 starwars starwars1 superman1 superman123 batman123 spiderman
spiderman1 wolverine darkness darkness1 warcraft nintendo playstation callofduty counterstrike
admin123 admin1234 admin12345 admin123456 adminadmin admin@123 administrator root1234 rootroot
toor1234 user1234 useruser guest123 guest1234 test1234 test12345 test123456 testtest testtest1
testing1 testing123 tester123 demo1234 demodemo sample123 temp1234 temppass temporary secret123
secret12 secretsecret supersecret mysecret love1234 lovelove loveyou1 lovely123 iloveyou iloveyou1
iloveyou2 iloveyou12 iloveyou123 iloveme1 iloveu12 ihateyou forever1 forever21 babygirl babygirl1
sweetheart princess1 princess12 princess123 angel123 angels12 sunshine sunshine1 sunshine123
sunflower butterfly butterfly1 butterfly123 flower123 rainbow1 chocolate chocolate1 strawberry
blueberry cookie123 cupcake1 banana123 orange12 cherry12 pumpkin1 football football1 football12
football123 baseball baseball1 basketball basketball1 softball1 volleyball hockey123 soccer12
soccer123 liverpool liverpool1 liverpool123 chelsea1 arsenal1 arsenal123 barcelona barcelona1
realmadrid manchester manutd123 juventus cowboys1 steelers yankees1 lakers24 jordan23 michael1
michael123 jennifer jennifer1 jessica1 jessica123 ashley123 amanda123 nicole123 daniel123 andrew123
anthony1 matthew1 joshua123 charlie1 charlie123 thomas123 jordan123 hunter123 robert123 william1
alexander alexandra elizabeth elizabeth1 victoria victoria1 samantha samantha1 stephanie christian
christopher christina caroline isabella gabriel1 sebastian francesco giovanni giuseppe valentina
alejandro fernando patricia veronica nicholas jonathan benjamin brittany danielle michelle michelle1
maverick mercedes mercedes1 corvette mustang1 mustang123 porsche911 ferrari1 lamborghini harley123
yamaha123 chevrolet marlboro1 trustno1 trustno12 access14 master123 masterkey monkey12 monkey123
dragon12 dragon123 shadow12 shadow123 killer12 killer123 ninja123 hunter12 tigger12 tigger123
buster123 ginger12 pepper12 pepper123 bailey12 scooter1 snoopy12 garfield garfield1 scooby12
midnight midnight1 slipknot slipknot1 metallica metallica1 nirvana1 greenday blink182 eminem123
evanescence linkinpark mychemical freedom1 freedom123 america1 american canada123 england1 scotland
germany1 deutschland australia newyork1 newyorkcity california brooklyn chicago1 dallas12 jesus123
jesuschrist jesus777 godisgood godislove godbless blessed1 blessing christ12 heaven12 faith123
qwertyqwerty asdfasdfasdf abc123abc abc123456789 helloworld hello123 hello1234 hello12345 hellohello
hellokitty helpme123 goodluck goodluck1 welcomehome thankyou thankyou1 happy123 happyday lucky123
lucky777 money123 moneymoney bigmoney business success1 success123 manager1 manager123 service1
support1 support123 security security1 server123 system123 oracle123 mysql123 postgres cisco123
wangyut2 woaiwojia woshishui woaini11 nihao123 nihaonihao zhangwei wangwei123 liuwei123 zhongguo
zhongguo1 beijing2008 xiaoming123 xiaoxiao 5845201314 7758521521 woaini00 iloveyou1314 tiantian
summer12 summer123 winter12 winter123 spring123 autumn123 monday123 friday13 january1 december1
summer2020 summer2021 summer2022 summer2023 summer2024 winter2023 winter2024 spring2024 password2020
password2021 password2022 password2023 password2024 password2025 welcome2023 welcome2024 qwerty2024
roostroost roost123 roost1234 chatchat chatroom chatroom1 chat1234
`;

const COMMON = new Set(LISTED.trim().split(/\s+/));

/** Whether a password is among those that are tried first, or one character over and over. */
export function isCommon(password: string): boolean {
	return COMMON.has(password.toLowerCase()) || /^(.)\1*$/su.test(password);
}
